// Editors one picks in: options, yes or no, and the people of the space. Picking saves at once; several are saved on leaving.

import { MultiSelect, Select } from "@mantine/core";
import { useRef } from "react";
import { useRequiredFieldContext } from "./field-context.tsx";
import classes from "./fields.module.css";
import { draftList, draftText, type InputProps } from "./input-props.ts";

type Option = { readonly value: string; readonly label: string };

const optionsOf = ({ spec }: InputProps): readonly Option[] =>
  "options" in spec ? Object.entries(spec.options).map(([value, label]) => ({ value, label })) : [];

function PickOne({ options, ...props }: InputProps & { readonly options: readonly Option[] }) {
  const picked = useRef(false);
  const value = props.draft === true ? "true" : props.draft === false ? "false" : draftText(props.draft);
  const commit = (next: string) => {
    picked.current = true;
    props.onDraft(next);
    props.onCommit(next);
  };
  return (
    <Select
      aria-label={props.label}
      aria-describedby={props.describedBy}
      data-autofocus={props.autoFocus || undefined}
      autoFocus={props.autoFocus}
      data={options}
      value={value === "" ? null : value}
      onChange={(next) => commit(next ?? "")}
      allowDeselect={false}
      clearable={props.spec.required !== true}
      searchable={options.length > 7}
      nothingFoundMessage="No match"
      defaultDropdownOpened={props.inline && props.autoFocus}
      error={props.invalid}
      size="sm"
      comboboxProps={{ withinPortal: props.floating !== true }}
      checkIconPosition="right"
      classNames={{ input: classes.input ?? "" }}
      clearButtonProps={{ "aria-label": `Empty ${props.label}` }}
      onBlur={() => {
        if (!picked.current) props.onCommit(props.draft);
        picked.current = false;
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        props.onCancel();
      }}
    />
  );
}

export const ChoiceInput = (props: InputProps) => <PickOne {...props} options={optionsOf(props)} />;

const YES_NO: readonly Option[] = [
  { value: "true", label: "Yes" },
  { value: "false", label: "No" },
];

export const YesNoInput = (props: InputProps) => <PickOne {...props} options={YES_NO} />;

function usePeople(): readonly Option[] {
  const { members, me } = useRequiredFieldContext();
  return members.map(({ id, name }) => ({ value: id, label: id === me ? `${name} (you)` : name }));
}

export function PersonInput(props: InputProps) {
  const { members, personName } = useRequiredFieldContext();
  const current = draftText(props.draft);
  const people = usePeople();
  // Someone who has left the space stays shown until another is chosen.
  const former = current === "" || members.some((member) => member.id === current);
  const options = former ? people : [...people, { value: current, label: personName?.(current) ?? "Someone" }];
  return <PickOne {...props} options={options} />;
}

export const MultiChoiceInput = (props: InputProps) => <PickMany {...props} options={optionsOf(props)} />;

export const PeopleInput = (props: InputProps) => <PickMany {...props} options={usePeople()} />;

function PickMany({ options, ...props }: InputProps & { readonly options: readonly Option[] }) {
  return (
    <MultiSelect
      aria-label={props.label}
      aria-describedby={props.describedBy}
      data-autofocus={props.autoFocus || undefined}
      autoFocus={props.autoFocus}
      data={options}
      value={[...draftList(props.draft)]}
      onChange={props.onDraft}
      defaultDropdownOpened={props.inline && props.autoFocus}
      error={props.invalid}
      size="sm"
      comboboxProps={{ withinPortal: props.floating !== true }}
      classNames={{ input: classes.input ?? "" }}
      onBlur={() => props.onCommit(props.draft)}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        props.onCancel();
      }}
    />
  );
}
