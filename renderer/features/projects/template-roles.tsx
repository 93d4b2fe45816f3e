// What a template brings along, and who does in the new project what it names somebody for. Whoever left the team, or was
// somebody of another client, needs a replacement before the project can be made.

import { Select } from "@mantine/core";
import type { MemberRow, RecordRow } from "#renderer/data/types.ts";
import { countWords } from "#renderer/ui/count-words.ts";
import classes from "./template-roles.module.css";

export type Role = {
  readonly id: string;
  readonly name: string;
  readonly tasks: number;
  /** Why the person cannot simply stay. */
  readonly reason: "left" | "outside" | undefined;
  /** Undefined: nobody has been chosen yet; null: nobody on purpose. */
  readonly takenBy: string | null | undefined;
};

type Props = {
  readonly rows: readonly RecordRow[];
  readonly roles: readonly Role[];
  readonly team: readonly MemberRow[];
  readonly onTake: (roleId: string, memberId: string | null) => void;
};

const NOBODY = "nobody";

const reasonWords = {
  left: (name: string) => `${name} is not in the team any more. Choose who takes over.`,
  outside: (name: string) => `${name} is not of the team. Choose who takes over.`,
} as const;

export function TemplateRoles({ rows, roles, team, onTake }: Props) {
  const count = (type: string): number => rows.filter((row) => row.type === type).length;
  const parts = [
    countWords(count("milestone"), "milestone"),
    countWords(count("task"), "task"),
    countWords(count("document"), "document"),
  ];
  const choices = [
    ...team.map((member) => ({ value: member.id, label: member.name })),
    { value: NOBODY, label: "Nobody yet" },
  ];
  return (
    <fieldset className={classes.roles}>
      <legend className={classes.legend}>Comes along</legend>
      <p className={classes.words}>{parts.join(", ")}, with their dates counted from the start.</p>
      {roles.map((role) => (
        <Select
          key={role.id}
          label={`${role.name}, ${countWords(role.tasks, "task")}`}
          placeholder="Choose who takes over"
          data={choices}
          value={role.takenBy === undefined ? null : (role.takenBy ?? NOBODY)}
          allowDeselect={false}
          onChange={(value) => onTake(role.id, value === null || value === NOBODY ? null : value)}
          error={
            role.takenBy === undefined && role.reason !== undefined ? reasonWords[role.reason](role.name) : undefined
          }
        />
      ))}
    </fieldset>
  );
}
