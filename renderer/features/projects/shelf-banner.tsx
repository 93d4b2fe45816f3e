// Says of an archived project or a template what it is, above everything else, with the way out.

import { Button } from "@mantine/core";
import { IconArchive, IconTemplate } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { when } from "#renderer/ui/when.ts";
import { useArchive } from "./use-archive.ts";
import { textField } from "./project-view.ts";
import classes from "./shelf-banner.module.css";
import { isPutAway, isTemplate } from "./use-project-shelf.ts";
import type { ProjectContext } from "./use-project.ts";

export function ShelfBanner({ context }: { readonly context: ProjectContext }) {
  const archive = useArchive(context);
  const { project } = context;
  if (isPutAway(project)) {
    return (
      <div className={classes.banner} role="status">
        <IconArchive size={18} stroke={1.7} aria-hidden />
        <span>
          In the archive since {when(textField(project, "archivedAt") ?? "")}. Nothing is lost, it only left the lists.
        </span>
        {context.plans && (
          <Button variant="default" size="compact-sm" onClick={archive}>
            Bring it back
          </Button>
        )}
      </div>
    );
  }
  if (!isTemplate(project)) return null;
  return (
    <div className={classes.banner} role="status">
      <IconTemplate size={18} stroke={1.7} aria-hidden />
      <span>
        This is a template, only the team sees it. New projects start with what stands here, dates counted from the
        start.
      </span>
      {context.plans && (
        <Button
          variant="default"
          size="compact-sm"
          renderRoot={(props) => <Link to="/projects" search={{ new: "project", template: project.id }} {...props} />}
        >
          Start a project from it
        </Button>
      )}
    </div>
  );
}
