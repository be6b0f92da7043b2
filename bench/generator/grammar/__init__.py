"""Papers from a grammar: each layout is a program of structural choices, drawn from its number.

program (choices.yaml) -> wordings and vocabulary (words/, vocabulary/) -> content -> blocks -> page
"""
