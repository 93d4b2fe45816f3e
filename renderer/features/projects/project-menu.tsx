// What the team does with a project as a whole: keep it as a template, put it away, bring it back.

import { ViewAsItems } from "#renderer/fields/view-as-items.tsx";
import { ActionIcon, Menu } from "@mantine/core";
import { IconArchive, IconArchiveOff, IconDots, IconEye, IconEyeOff, IconTemplate } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useData, useObserved } from "#renderer/data/hooks.tsx";
import { useCommands } from "#renderer/ui/commands.ts";
import { showDone } from "#renderer/ui/toast.ts";
import { copyContents } from "./project-copy.ts";
import { textField } from "./project-view.ts";
import { tabPath } from "./project-words.ts";
import { isPutAway, isTemplate, useProjectContents } from "./use-project-shelf.ts";
import type { ProjectContext } from "./use-project.ts";
import { useArchive } from "./use-archive.ts";
import { useSave } from "./use-save.ts";

export function ProjectMenu({ context }: { readonly context: ProjectContext }) {
  const { edit, live } = useData();
  const save = useSave();
  const navigate = useNavigate();
  const rows = useProjectContents(context.spaceId);
  const archive = useArchive(context);
  const { project } = context;
  const away = isPutAway(project);
  const keep = async (): Promise<void> => {
    const made = await save(
      edit.createProject(
        {
          name: project.title,
          template: true,
          status: "planned",
          startDate: textField(project, "startDate") ?? "",
          targetDate: textField(project, "targetDate") ?? "",
          summary: textField(project, "summary") ?? "",
        },
        (space) => copyContents({ rows: rows ?? [], space, shiftDays: 0, people: new Map(), asTemplate: true }),
      ),
    );
    if (made === undefined) return;
    showDone(`${project.title} kept as a template. Only the team can see it.`);
    await navigate({ to: tabPath(made.id, "overview") });
  };
  const visible = useObserved("presence visible", (data) => data.live.visible());
  const toggleVisible = async (): Promise<void> => {
    await live.setVisible(visible !== true);
    showDone(visible === true ? "Clients no longer see when you look on" : "Clients see when you are here");
  };
  const canKeep = rows !== undefined && !isTemplate(project);
  useCommands([
    ...(canKeep
      ? [{ id: "project.keep", title: "Save as a template", section: "Project", run: () => void keep() }]
      : []),
    {
      id: "project.archive",
      title: away ? "Bring this project back" : "Archive this project",
      section: "Project",
      run: archive,
    },
  ]);
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="default" size={30} aria-label="More for this project">
          <IconDots size={17} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {canKeep && (
          <Menu.Item leftSection={<IconTemplate size={16} aria-hidden />} onClick={() => void keep()}>
            Save as a template
          </Menu.Item>
        )}
        <Menu.Item
          leftSection={away ? <IconArchiveOff size={16} aria-hidden /> : <IconArchive size={16} aria-hidden />}
          onClick={archive}
        >
          {away ? "Bring it back" : "Archive"}
        </Menu.Item>
        <Menu.Item
          leftSection={visible === true ? <IconEyeOff size={16} aria-hidden /> : <IconEye size={16} aria-hidden />}
          onClick={() => void toggleVisible()}
        >
          {visible === true ? "Hide from clients that I am here" : "Let clients see that I am here"}
        </Menu.Item>
        <Menu.Divider />
        <ViewAsItems space={context.spaceId} persona={context.persona} />
      </Menu.Dropdown>
    </Menu>
  );
}
