"""Why what was read in a form's zone goes to people: codes in `FieldValue.problems`."""

from __future__ import annotations

NOT_THIS_FORM = "not_this_form"
UNREADABLE = "unreadable"
HANDWRITING = "handwriting"
SEVERAL_MARKS = "several_marks"
UNCLEAR_MARK = "unclear_mark"
UNCLEAR_SIGNATURE = "unclear_signature"

ZONE_DOUBTS: dict[str, str] = {
    NOT_THIS_FORM: "No page looks like this field's page of the form: key it if it is there.",
    UNREADABLE: "Something stands here that the machine cannot read: key it.",
    HANDWRITING: "This is written by hand: compare each character with the page.",
    SEVERAL_MARKS: "More than one box seems to be marked: choose the one that counts.",
    UNCLEAR_MARK: "It is not clear whether this box is marked: look at the page.",
    UNCLEAR_SIGNATURE: "It is not clear whether this is a signature: look at the page.",
}
"""Each code with what the person is told."""
