// The pages of the space one is in, with how many records each holds, and at the foot what this device keeps.

import {
  IconChecklist,
  IconClockExclamation,
  IconDeviceLaptop,
  IconFolder,
  IconFolders,
  IconHeartHandshake,
  IconHome,
  IconListCheck,
  IconRefresh,
  IconSearch,
  IconSettings,
  IconShare,
  IconUpload,
  IconUserShield,
} from "@tabler/icons-react";
import { Link, useLocation } from "@tanstack/react-router";
import { useCount, useRecord, useRecords, useSession, useSyncStatus } from "#renderer/data/hooks.tsx";
import { isInternal } from "#shared/model/personas.ts";
import { formatBytes } from "#renderer/ui/bytes.ts";
import { useStorage } from "#renderer/ui/use-storage.ts";
import { iconOf } from "./place-icons.ts";
import { listPlaces, sectionOf, type ListPlace, type Section } from "./places.ts";
import classes from "./side-nav.module.css";
import { useMemberSpaces } from "./use-member-spaces.ts";

type NavLinkProps = {
  readonly to: string;
  readonly icon: typeof IconHome;
  readonly label: string;
  readonly count?: number | undefined;
  /** What is open belongs to this page without being it: a deal belongs to the deals. */
  readonly within?: boolean;
};

function NavLink({ to, icon: Icon, label, count, within = false }: NavLinkProps) {
  const { pathname } = useLocation();
  const inside = within || (to.startsWith("/projects/") && pathname.startsWith(`${to}/`));
  // Exact: the router would otherwise also mark what the address only begins with.
  return (
    <li>
      <Link to={to} className={classes.link} activeOptions={{ exact: true }} aria-current={inside ? "true" : undefined}>
        <Icon size={17} stroke={1.7} aria-hidden />
        <span className={classes.label}>{label}</span>
        {count !== undefined && count > 0 && <span className={classes.count}>{count.toLocaleString("en-GB")}</span>}
      </Link>
    </li>
  );
}

const ListLink = ({ type, path, label, within }: ListPlace & { readonly within: boolean }) => (
  <NavLink to={path} icon={iconOf(type)} label={label} count={useCount({ type })} within={within} />
);

const RECORD = "/record/";

function CrmLinks() {
  const { pathname } = useLocation();
  const open = useRecord(pathname.startsWith(RECORD) ? pathname.slice(RECORD.length) : "");
  const openType = open === undefined || open === "missing" ? undefined : open.type;
  return (
    <>
      <NavLink to="/" icon={IconHome} label="Home" />
      <NavLink to="/my-tasks" icon={IconChecklist} label="My tasks" />
      {listPlaces.map((place) => (
        <ListLink key={place.type} {...place} within={place.type === openType} />
      ))}
      <NavLink to="/search" icon={IconSearch} label="Search" />
      <NavLink to="/import" icon={IconUpload} label="Import" />
    </>
  );
}

function ProjectLinks() {
  const records = useRecords({ type: "project", limit: 5_000 })?.rows;
  // Archived ones and templates are found under all projects.
  const away = new Set(
    records
      ?.filter(({ fields }) => fields["archivedAt"] !== undefined || fields["template"] === true)
      .map(({ id }) => id),
  );
  const spaces = useMemberSpaces();
  const hasCrm = spaces?.hasCrm;
  const projects = spaces?.projects.filter((space) => !away.has(space.id));
  return (
    <>
      <NavLink to="/projects" icon={IconFolders} label="All projects" />
      {hasCrm === false && <NavLink to="/my-tasks" icon={IconChecklist} label="My tasks" />}
      {projects?.map((space) => (
        <NavLink key={space.id} to={`/projects/${space.id}`} icon={IconFolder} label={space.name} />
      ))}
      <NavLink to="/spaces" icon={IconShare} label="Spaces" />
      {spaces?.portals.map((space) => (
        <NavLink key={space.id} to={`/spaces/${space.id}`} icon={IconHeartHandshake} label={space.name} />
      ))}
    </>
  );
}

function SettingsLinks() {
  const { waiting, refused } = useSyncStatus();
  const session = useSession();
  const persona = session.kind === "signedIn" ? session.me.persona : undefined;
  const manages = persona === "owner" || persona === "manager";
  return (
    <>
      <NavLink to="/settings" icon={IconSettings} label="Settings" />
      <NavLink to="/pending" icon={IconRefresh} label="Pending changes" count={waiting + refused} />
      {persona !== undefined && !isInternal(persona) && <NavLink to="/my-data" icon={IconUserShield} label="My data" />}
      {manages && <NavLink to="/late-edits" icon={IconClockExclamation} label="Late edits" />}
      {manages && <NavLink to="/settings/audit" icon={IconListCheck} label="Audit" />}
      {manages && <NavLink to="/settings/data-requests" icon={IconUserShield} label="Data requests" />}
    </>
  );
}

const sectionNames: Readonly<Record<Section, string>> = { crm: "CRM", projects: "Projects", settings: "Settings" };

/** `everything`: all sections one under the other, for the phone's "More". */
export function SideNav({ everything = false }: { readonly everything?: boolean }) {
  const path = useLocation().pathname;
  const session = useSession();
  const spaces = useMemberSpaces();
  const crm = spaces?.hasCrm === true;
  const section = sectionOf(path, spaces?.hasCrm !== false);
  const shows = (name: Section): boolean => (name !== "crm" || crm) && (everything || name === section);
  return (
    <nav className={classes.nav} aria-label={everything ? "All pages" : `Pages of ${sectionNames[section]}`}>
      <p className={classes.organization}>{session.kind === "signedIn" ? session.organization : ""}</p>
      <div>
        {(["crm", "projects", "settings"] as const).filter(shows).map((name) => (
          <div key={name}>
            {everything && <p className={classes.group}>{sectionNames[name]}</p>}
            <ul className={classes.list}>
              {name === "crm" && <CrmLinks />}
              {name === "projects" && <ProjectLinks />}
              {name === "settings" && <SettingsLinks />}
            </ul>
          </div>
        ))}
      </div>
      <StorageFoot />
    </nav>
  );
}

function StorageFoot() {
  const { info } = useStorage();
  const { progress } = useSyncStatus();
  if (info === undefined) return null;
  return (
    <Link to="/settings" className={classes.foot}>
      <IconDeviceLaptop size={17} stroke={1.7} aria-hidden />
      <span>
        {progress === undefined ? "All of this is on this device" : "Coming onto this device"}
        <br />
        {formatBytes(info.usage)}, {info.persisted ? "kept by the browser" : "not promised by the browser"}
      </span>
    </Link>
  );
}
