// Views as tabs: all, mine, and those saved on this device. A view that was changed says so and can be saved.

import { Button, TextInput, UnstyledButton } from "@mantine/core";
import { useEffect, useState } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import { showDone } from "#renderer/ui/toast.ts";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import type { ListSearch, ViewFilter } from "./list-search.ts";
import { LatePopover } from "./late-popover.tsx";
import classes from "./list.module.css";

type View = { readonly name: string; readonly f: readonly ViewFilter[]; readonly s?: string | undefined };

type Props = {
  readonly definition: RecordTypeDefinition;
  readonly search: ListSearch;
  readonly onChange: (change: Partial<ListSearch>) => void;
};

function builtIn(definition: RecordTypeDefinition): readonly View[] {
  const person = ["owner", "assignee"].find((name) => definition.fields[name]?.kind === "person");
  return [
    { name: "All", f: [] },
    ...(person === undefined ? [] : [{ name: "Mine", f: [{ field: person, op: "is" as const, value: "me" }] }]),
  ];
}

function useSavedViews(type: string): readonly [readonly View[], (views: readonly View[]) => void] {
  const { device } = useData();
  const key = `views.${type}`;
  const [views, setViews] = useState<readonly View[]>([]);
  useEffect(() => {
    let current = true;
    void device.getSetting<readonly View[]>(key).then((held) => {
      if (current) setViews(held ?? []);
    });
    return () => {
      current = false;
    };
  }, [device, key]);
  const save = (next: readonly View[]) => {
    setViews(next);
    void device.setSetting(key, next);
  };
  return [views, save];
}

const same = (view: View, search: ListSearch): boolean =>
  JSON.stringify(view.f) === JSON.stringify(search.f ?? []) && (view.s ?? "") === (search.s ?? "");

export function ViewTabs({ definition, search, onChange }: Props) {
  const [saved, save] = useSavedViews(definition.type);
  const [naming, setNaming] = useState(false);
  const [name, setName] = useState("");
  const views = [...builtIn(definition), ...saved];
  const active = views.find((view) => view.name === search.v) ?? views.find((view) => same(view, search)) ?? views[0];
  const changed = active !== undefined && !same(active, search);
  const own = saved.some((view) => view.name === active?.name);

  const store = () => {
    const wanted = name.trim();
    if (wanted === "") return;
    const view: View = { name: wanted, f: search.f ?? [], ...(search.s === undefined ? {} : { s: search.s }) };
    save([...saved.filter((other) => other.name !== wanted), view]);
    setNaming(false);
    onChange({ v: wanted });
  };
  const remove = () => {
    const before = saved;
    save(saved.filter((view) => view.name !== active?.name));
    onChange({ v: undefined, f: undefined, s: undefined });
    showDone(`View ${active?.name ?? ""} removed from this device.`, () => save(before));
  };

  return (
    <div className={classes.views}>
      <nav aria-label="Views" className={classes.viewList}>
        {views.map((view) => (
          <UnstyledButton
            key={view.name}
            className={classes.view}
            aria-current={view === active ? "page" : undefined}
            onClick={() => onChange({ v: view.name === "All" ? undefined : view.name, f: [...view.f], s: view.s })}
          >
            {view.name}
            {view === active && changed ? <span className={classes.changed}> changed</span> : null}
          </UnstyledButton>
        ))}
      </nav>
      {own && !changed ? (
        <Button variant="subtle" size="compact-sm" onClick={remove}>
          Remove view
        </Button>
      ) : null}
      {changed ? (
        <LatePopover
          opened={naming}
          onChange={setNaming}
          edge="end"
          target={
            <Button
              variant="subtle"
              size="compact-sm"
              onClick={() => {
                setName(own ? (active?.name ?? "") : "");
                setNaming(true);
              }}
            >
              Save view
            </Button>
          }
        >
          <form
            className={classes.nameView}
            onSubmit={(event) => {
              event.preventDefault();
              store();
            }}
          >
            <TextInput
              label="Name of the view"
              placeholder="Closing in June"
              data-autofocus
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Button type="submit">Save on this device</Button>
          </form>
        </LatePopover>
      ) : null}
    </div>
  );
}
