// What owners and managers do with somebody's account: another role, a link for a forgotten password, the end of access.

import { Button, Group, Menu, Modal, Select, Stack } from "@mantine/core";
import { IconDots, IconKey, IconUserCog, IconUserOff } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { isInternal, isPersona, type Persona } from "#shared/model/personas.ts";
import { useData } from "#renderer/data/hooks.tsx";
import type { MadeReset, MemberRow } from "#renderer/data/types.ts";
import { usePersonaChoices, usePersonaLabel } from "#renderer/data/use-personas.ts";
import { HandOverLink } from "#renderer/ui/hand-over-link.tsx";
import { Problem } from "#renderer/ui/problem.tsx";
import { showDone } from "#renderer/ui/toast.ts";
import classes from "./settings.module.css";

type Props = {
  readonly person: MemberRow;
  readonly isOwner: boolean;
  readonly onChanged: () => void;
};

type Asked = "role" | "password" | "end";

export function PersonActions(props: Props) {
  const { name, persona } = props.person;
  const [asked, setAsked] = useState<Asked | undefined>(undefined);
  const close = (): void => setAsked(undefined);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button size="compact-sm" variant="subtle" aria-label={`Change the account of ${name}`}>
            <IconDots size={17} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {isInternal(persona) && (
            <Menu.Item leftSection={<IconUserCog size={16} aria-hidden />} onClick={() => setAsked("role")}>
              Change role
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconKey size={16} aria-hidden />} onClick={() => setAsked("password")}>
            Link for a new password
          </Menu.Item>
          <Menu.Item leftSection={<IconUserOff size={16} aria-hidden />} onClick={() => setAsked("end")}>
            End access
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {asked === "role" && <RoleDialog {...props} onClose={close} />}
      {asked === "password" && <PasswordDialog {...props} onClose={close} />}
      {asked === "end" && <EndDialog {...props} onClose={close} />}
    </>
  );
}

type DialogProps = Props & { readonly onClose: () => void };

type AskProps = {
  readonly title: string;
  readonly confirm: string;
  readonly color: "amber" | "brick";
  readonly act: () => Promise<string | undefined>;
  readonly onClose: () => void;
  readonly children: ReactNode;
};

/** Asks, does it, and stays open with the sentence when it could not be done. */
function Ask({ title, confirm, color, act, onClose, children }: AskProps) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const run = async (): Promise<void> => {
    setBusy(true);
    setProblem(await act());
    setBusy(false);
  };
  return (
    <Modal opened onClose={onClose} title={title}>
      <Stack gap={14}>
        {children}
        <Problem message={problem} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose} data-autofocus>
            Cancel
          </Button>
          <Button color={color} loading={busy} onClick={() => void run()}>
            {confirm}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function RoleDialog({ person, isOwner, onChanged, onClose }: DialogProps) {
  const { people } = useData();
  const labelOf = usePersonaLabel();
  const choices = usePersonaChoices().filter(({ value }) => isInternal(value) && (value !== "owner" || isOwner));
  const [role, setRole] = useState<Persona>(person.persona);
  const act = async (): Promise<string | undefined> => {
    const changed = await people.changeRole(person.id, role);
    if (!changed.ok) return changed.error.message;
    onClose();
    onChanged();
    showDone(`${person.name} is now ${labelOf(role).toLowerCase()}, in every space.`);
    return undefined;
  };
  return (
    <Ask title={`Role of ${person.name}`} confirm="Change the role" color="amber" act={act} onClose={onClose}>
      <Select
        label="Role"
        data={choices}
        allowDeselect={false}
        value={role}
        onChange={(value) => {
          if (value !== null && isPersona(value)) setRole(value);
        }}
      />
      <p className={classes.text}>
        It holds in every space at once. What somebody may not see any more leaves their devices.
      </p>
    </Ask>
  );
}

function PasswordDialog({ person, onClose }: DialogProps) {
  const { people } = useData();
  const [made, setMade] = useState<MadeReset | undefined>(undefined);
  const act = async (): Promise<string | undefined> => {
    const answer = await people.makeReset(person.id);
    if (!answer.ok) return answer.error.message;
    setMade(answer.value);
    return undefined;
  };
  if (made !== undefined) {
    return (
      <Modal opened onClose={onClose} title={`New password for ${person.name}`}>
        <HandOverLink
          label="Link"
          description="Works once, within 24 hours. It is shown here and nowhere else."
          link={made.link}
          mail={made.mail}
          onClose={onClose}
        >
          <strong>{person.name}</strong> sets a new password with this link.
        </HandOverLink>
      </Modal>
    );
  }
  return (
    <Ask title={`New password for ${person.name}`} confirm="Make the link" color="amber" act={act} onClose={onClose}>
      <p className={classes.text}>
        You get a link to hand over, with which {person.name} sets a new password. Be sure who you give it to: whoever
        opens it signs in as {person.name}. When it is used, all devices of {person.name} are signed out.
      </p>
    </Ask>
  );
}

function EndDialog({ person, onChanged, onClose }: DialogProps) {
  const { people } = useData();
  const act = async (): Promise<string | undefined> => {
    const ended = await people.endAccess(person.id);
    if (!ended.ok) return ended.error.message;
    onClose();
    onChanged();
    showDone(`The access of ${person.name} has ended.`);
    return undefined;
  };
  return (
    <Ask title={`End the access of ${person.name}?`} confirm="End access" color="brick" act={act} onClose={onClose}>
      <p className={classes.text}>
        {person.name} is signed out everywhere at once, leaves every space, signs nothing more, and can be chosen
        nowhere. Devices delete what they hold at their next contact, changes included that were not sent. Invitations{" "}
        {person.name} made and nobody has accepted are withdrawn.
      </p>
      <p className={classes.text}>What {person.name} did stays. You can give access again later.</p>
    </Ask>
  );
}
