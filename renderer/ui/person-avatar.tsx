// A person as initials. Outsiders wear the ring of their audience. The initials are drawn by CSS, so that a control
// which contains an avatar keeps the name its visible words give it.

import { isInternal, type Persona } from "#shared/model/personas.ts";
import classes from "./person-avatar.module.css";

type PersonAvatarProps = {
  readonly name: string;
  readonly persona?: Persona;
  readonly size?: number;
  /** True where the name stands beside it: screen readers then hear it once. */
  readonly decorative?: boolean;
};

function initialsOf(name: string): string {
  const parts = name
    .trim()
    .split(/\s+/u)
    .filter((part) => part !== "");
  const initial = (part: string): string => String.fromCodePoint(part.codePointAt(0) ?? 63);
  const first = initial(parts[0] ?? "?");
  return (parts.length > 1 ? first + initial(parts.at(-1) ?? "") : first).toUpperCase();
}

export function PersonAvatar({ name, persona, size = 26, decorative = false }: PersonAvatarProps) {
  const audience = persona === undefined || isInternal(persona) ? "team" : persona;
  const speech = decorative ? { "aria-hidden": true as const } : { role: "img", "aria-label": name, title: name };
  return (
    <span
      {...speech}
      className={classes.avatar}
      data-audience={audience}
      data-initials={initialsOf(name)}
      style={{ width: size, height: size, fontSize: Math.max(8, Math.round(size * 0.38)) }}
    />
  );
}
