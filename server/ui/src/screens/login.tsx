import { useEffect, useRef, useState } from "preact/hooks";
import { api, Refusal } from "../api";
import { explain } from "../hooks";
import { Mark } from "../parts/mark";
import { t } from "../strings";
import type { User } from "../types";

interface Props {
  onEnter: (user: User) => void;
  /** Known when a session has ended in the middle of work. */
  name?: string;
  expired?: boolean;
}

export function LoginScreen({ onEnter, name = "", expired = false }: Props) {
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => {
    const field = form.current?.elements.namedItem(name ? "password" : "name");
    if (field instanceof HTMLInputElement) field.focus();
  }, [name]);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    setError("");
    try {
      const { user } = await api.login(String(data.get("name")), String(data.get("password")));
      onEnter(user);
    } catch (cause) {
      const wrong = cause instanceof Refusal && [400, 401, 403, 422].includes(cause.status);
      setError(wrong ? t.wrongLogin : explain(cause));
      setBusy(false);
    }
  };

  return (
    <main class={expired ? "login login-over" : "login"}>
      <form ref={form} class="login-card" onSubmit={submit}>
        <h1 class="brand">
          <Mark /> Scrivano
        </h1>
        {expired && <p class="hint">{t.signedOutMeanwhile}</p>}
        <label>
          {t.name}
          <input
            name="name"
            defaultValue={name}
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            required
            data-testid="login-name"
          />
        </label>
        <label>
          {t.password}
          <input
            name="password"
            type="password"
            autocomplete="current-password"
            required
            data-testid="login-password"
          />
        </label>
        <p class="form-error" role="alert" data-testid={error ? "error-banner" : undefined}>
          {error}
        </p>
        <button class="primary" type="submit" disabled={busy} data-testid="login-submit">
          {t.signIn}
        </button>
      </form>
    </main>
  );
}
