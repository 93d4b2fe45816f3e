// Editors that name other records: search while typing over what this device holds, and make the record when nothing matches.

import { CloseButton, Combobox, Group, Loader, Pill, TextInput, useCombobox } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useData, useTitles } from "#renderer/data/hooks.tsx";
import type { Data } from "#renderer/data/types.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import { useRequiredFieldContext } from "./field-context.tsx";
import classes from "./fields.module.css";
import { draftList, draftText, type InputProps } from "./input-props.ts";

type Found = { readonly id: string; readonly title: string; readonly detail: string };

const LIMIT = 8;

const targetOf = (props: InputProps): string => ("to" in props.spec ? props.spec.to : "*");

async function findRecords(data: Data, text: string, to: string): Promise<readonly Found[]> {
  if (text.trim() !== "") return data.search.search(text, { limit: LIMIT, ...(to === "*" ? {} : { type: to }) });
  if (to === "*") return [];
  const recent = await data.query.records({ type: to, sort: { field: "updatedAt", descending: true }, limit: LIMIT });
  return recent.rows.map((row) => ({ id: row.id, title: row.title, detail: "" }));
}

/** "Rosa Lind" fills first and last name where a type's title is made of two fields. */
export function titleValues(type: string, text: string): Readonly<Record<string, string>> {
  const title = findRecordType(type)?.title ?? [];
  if (typeof title === "string") return { [title]: text };
  const words = text.trim().split(/\s+/);
  const [first, last] = title;
  if (first === undefined) return {};
  if (last === undefined || words.length === 1) return { [last ?? first]: text.trim() };
  return { [first]: words.slice(0, -1).join(" "), [last]: words.at(-1) ?? "" };
}

type SearchProps = InputProps & {
  readonly shown: string;
  readonly exclude: readonly string[];
  readonly onPick: (id: string) => void;
  readonly onLeave: () => void;
  readonly onEmpty?: (() => void) | undefined;
};

function RecordSearch({ shown, exclude, onPick, onLeave, onEmpty, ...props }: SearchProps) {
  const data = useData();
  const { space, crmSpace } = useRequiredFieldContext();
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const [text, setText] = useState<string | undefined>(undefined);
  const [found, setFound] = useState<readonly Found[] | undefined>(undefined);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const leaving = useRef(true);
  const to = targetOf(props);
  const target = findRecordType(to);
  const home = target?.home === "crm" ? crmSpace : space;
  const wanted = text ?? "";

  useEffect(() => {
    let current = true;
    findRecords(data, wanted, to).then(
      (result) => {
        if (current) setFound(result);
      },
      () => {
        if (current) setFound([]);
      },
    );
    return () => {
      current = false;
    };
  }, [data, wanted, to]);

  const options = (found ?? []).filter((one) => !exclude.includes(one.id));
  const exact = options.some((one) => one.title.toLowerCase() === wanted.trim().toLowerCase());
  const mayCreate = target !== undefined && home !== undefined && wanted.trim() !== "" && !exact;

  const create = async () => {
    if (home === undefined) return;
    const created = await data.edit.create({ type: to, space: home, values: titleValues(to, wanted) });
    if (created.ok) pick(created.value.id);
    else setProblem(created.error.type === "InvalidFields" ? "Write its full name first." : created.error.message);
  };
  const pick = (id: string) => {
    leaving.current = false;
    setText(undefined);
    combobox.closeDropdown();
    onPick(id);
  };

  return (
    <Combobox
      store={combobox}
      withinPortal={props.floating !== true}
      onOptionSubmit={(option) => {
        if (option === "+") void create();
        else pick(option);
      }}
    >
      <Combobox.Target>
        <TextInput
          aria-label={props.label}
          aria-describedby={props.describedBy}
          data-autofocus={props.autoFocus || undefined}
          autoFocus={props.autoFocus}
          classNames={{ input: classes.input ?? "" }}
          size="sm"
          error={problem ?? props.invalid}
          placeholder={target === undefined ? "Search records" : `Search ${target.label.many.toLowerCase()}`}
          value={text ?? shown}
          onFocus={(event) => {
            leaving.current = true;
            event.currentTarget.select();
            combobox.openDropdown();
          }}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setProblem(undefined);
            combobox.openDropdown();
            combobox.updateSelectedOptionIndex("active");
          }}
          onBlur={() => {
            combobox.closeDropdown();
            if (!leaving.current) return;
            if (text === "" && shown !== "") onEmpty?.();
            else onLeave();
            setText(undefined);
          }}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            event.stopPropagation();
            setText(undefined);
            props.onCancel();
          }}
          rightSection={
            onEmpty !== undefined && shown !== "" ? (
              <CloseButton
                size="sm"
                aria-label={`Empty ${props.label}`}
                onMouseDown={(event) => event.preventDefault()}
                onClick={onEmpty}
              />
            ) : undefined
          }
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Options aria-label={props.label} mah={260} style={{ overflowY: "auto" }}>
          {options.map((one) => (
            <Combobox.Option key={one.id} value={one.id}>
              <span className={classes.optionTitle}>{one.title === "" ? "Untitled" : one.title}</span>
              {one.detail === "" ? null : <span className={classes.optionDetail}>{one.detail}</span>}
            </Combobox.Option>
          ))}
          {mayCreate ? (
            <Combobox.Option value="+">
              New {target.label.one.toLowerCase()} “{wanted.trim()}”
            </Combobox.Option>
          ) : null}
          {found === undefined ? (
            <Combobox.Empty>
              <Loader size="xs" />
            </Combobox.Empty>
          ) : options.length === 0 && !mayCreate ? (
            <Combobox.Empty>{wanted === "" ? "Type a name" : "No match on this device"}</Combobox.Empty>
          ) : null}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

function useTitle(id: string): string {
  const { recordTitle } = useRequiredFieldContext();
  const titles = useTitles(id === "" ? [] : [id]);
  return id === "" ? "" : (titles?.get(id) ?? recordTitle?.(id) ?? (titles === undefined ? "" : "Not on this device"));
}

export function RelationInput(props: InputProps) {
  const id = draftText(props.draft);
  const set = (next: string) => {
    props.onDraft(next);
    props.onCommit(next);
  };
  return (
    <RecordSearch
      {...props}
      shown={useTitle(id)}
      exclude={[]}
      onPick={set}
      onLeave={() => props.onCommit(props.draft)}
      onEmpty={props.spec.required === true ? undefined : () => set("")}
    />
  );
}

export function RelationsInput(props: InputProps) {
  const ids = draftList(props.draft);
  const { recordTitle } = useRequiredFieldContext();
  const titles = useTitles(ids);
  return (
    <div
      role="group"
      aria-label={props.label}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) props.onCommit(props.draft);
      }}
    >
      {ids.length === 0 ? null : (
        <Group gap={4} mb={4}>
          {ids.map((id) => (
            <Pill
              key={id}
              withRemoveButton
              removeButtonProps={{
                "aria-label": `Remove ${titles?.get(id) ?? "this"}`,
                tabIndex: 0,
                "aria-hidden": false,
              }}
              onRemove={() => props.onDraft(ids.filter((other) => other !== id))}
            >
              {titles?.get(id) ?? recordTitle?.(id) ?? "Not on this device"}
            </Pill>
          ))}
        </Group>
      )}
      <RecordSearch
        {...props}
        shown=""
        exclude={ids}
        onPick={(id) => props.onDraft([...ids, id])}
        onLeave={() => undefined}
      />
    </div>
  );
}
