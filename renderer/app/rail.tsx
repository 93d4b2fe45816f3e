// The rail: one plate per kind of space, settings and help at its foot.

import { IconAddressBook, IconFolders, IconHelp, IconSettings } from "@tabler/icons-react";
import { Link, useLocation } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { showDialog } from "#renderer/ui/dialogs.ts";
import { Mark } from "#renderer/ui/mark.tsx";
import { sectionOf } from "./places.ts";
import classes from "./rail.module.css";
import { useMemberSpaces } from "./use-member-spaces.ts";

const RailLink = ({
  to,
  active,
  icon,
  children,
}: {
  to: string;
  active: boolean;
  icon: ReactNode;
  children: string;
}) => (
  <Link to={to} className={classes.entry} aria-current={active ? "true" : undefined}>
    {icon}
    <span>{children}</span>
  </Link>
);

export function Rail() {
  const path = useLocation().pathname;
  const spaces = useMemberSpaces();
  const section = sectionOf(path, spaces?.hasCrm !== false);
  return (
    <nav className={classes.rail} aria-label="Spaces">
      <Link to="/" className={classes.mark} aria-label="Drawbridge, home">
        <Mark size={32} />
      </Link>
      {spaces?.hasCrm === true && (
        <RailLink to="/" active={section === "crm"} icon={<IconAddressBook size={19} stroke={1.7} aria-hidden />}>
          CRM
        </RailLink>
      )}
      <RailLink
        to="/projects"
        active={section === "projects"}
        icon={<IconFolders size={19} stroke={1.7} aria-hidden />}
      >
        Projects
      </RailLink>
      <div className={classes.foot}>
        <button type="button" className={classes.entry} onClick={() => showDialog("shortcuts")}>
          <IconHelp size={19} stroke={1.7} aria-hidden />
          <span>Help</span>
        </button>
        <RailLink
          to="/settings"
          active={section === "settings"}
          icon={<IconSettings size={19} stroke={1.7} aria-hidden />}
        >
          Settings
        </RailLink>
      </div>
    </nav>
  );
}
