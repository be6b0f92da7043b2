// Whether somebody is signed in.

export type Session = "unknown" | "in" | "out" | "expired";

/** The session after the server no longer knew who asked. With work on the screen it only
 * expires: the work stays, covered, until its owner signs in again. */
export function afterRefusal(session: Session): Session {
  return session === "in" || session === "expired" ? "expired" : "out";
}
