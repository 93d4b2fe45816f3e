// Editors one types into: text in all its kinds, numbers, money, dates and the parts of an address.

import { ActionIcon, Popover, Textarea, TextInput } from "@mantine/core";
import { DatePicker } from "@mantine/dates";
import { IconCalendar } from "@tabler/icons-react";
import { useState, type FocusEvent, type KeyboardEvent } from "react";
import type { Address } from "#shared/model/field-value.ts";
import classes from "./fields.module.css";
import { draftText, type InputProps } from "./input-props.ts";

type TextKind = {
  readonly type?: "text" | "email" | "tel" | "url" | "datetime-local";
  readonly inputMode?: "decimal" | "numeric";
};

/** Enter and leaving save, Esc restores. Esc is stopped here so that a dialog around does not close as well. */
export const typingKeys = (
  { draft, onCommit, onCancel }: Pick<InputProps, "draft" | "onCommit" | "onCancel">,
  multiline = false,
) => ({
  onKeyDown: (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      onCancel();
    } else if (event.key === "Enter" && (!multiline || event.ctrlKey || event.metaKey)) {
      if (multiline) event.preventDefault();
      onCommit(draft);
    }
  },
  onBlur: () => onCommit(draft),
});

const common = ({ label, autoFocus, invalid, describedBy }: InputProps) => ({
  "aria-label": label,
  "aria-invalid": invalid || undefined,
  "aria-describedby": describedBy,
  "data-autofocus": autoFocus || undefined,
  autoFocus,
  classNames: { input: classes.input ?? "" },
  error: invalid,
  size: "sm" as const,
});

export const textInput =
  (kind: TextKind = {}) =>
  (props: InputProps) => (
    <TextInput
      {...common(props)}
      {...kind}
      value={draftText(props.draft)}
      onChange={(event) => props.onDraft(event.currentTarget.value)}
      {...typingKeys(props)}
    />
  );

export const LongTextInput = (props: InputProps) => (
  <Textarea
    {...common(props)}
    autosize
    minRows={props.inline ? 2 : 3}
    maxRows={14}
    value={draftText(props.draft)}
    onChange={(event) => props.onDraft(event.currentTarget.value)}
    {...typingKeys(props, true)}
  />
);

/** Typed like any text ("2026-07-15", "15.07.2026"); the calendar is a help beside it. */
export function DateInput(props: InputProps) {
  const [open, setOpen] = useState(false);
  const text = draftText(props.draft);
  const keys = typingKeys(props);
  return (
    <Popover
      opened={open}
      onChange={setOpen}
      position="bottom-start"
      trapFocus
      returnFocus
      // The button opens the calendar, so it is the button that says so; an input must not.
      withRoles={false}
      withinPortal={props.floating !== true}
    >
      <Popover.Target>
        <TextInput
          {...common(props)}
          placeholder="2026-07-15"
          value={text}
          onChange={(event) => props.onDraft(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "ArrowDown" && event.altKey) setOpen(true);
            else keys.onKeyDown(event);
          }}
          onBlur={(event: FocusEvent) => {
            if (!open && !isInside(event, "[data-calendar]")) keys.onBlur();
          }}
          rightSection={
            <ActionIcon
              data-calendar
              variant="subtle"
              color="gray"
              size="sm"
              aria-label={`Calendar for ${props.label}`}
              aria-haspopup="dialog"
              aria-expanded={open}
              onClick={() => setOpen(!open)}
            >
              <IconCalendar size={16} />
            </ActionIcon>
          }
        />
      </Popover.Target>
      <Popover.Dropdown
        role="dialog"
        aria-label={`Calendar for ${props.label}`}
        data-calendar
        p="xs"
        onKeyDown={(event) => event.key === "Escape" && event.stopPropagation()}
      >
        <DatePicker
          {...(/^\d{4}-\d{2}-\d{2}$/.test(text) ? { value: text, defaultDate: text } : { value: null })}
          onChange={(picked) => {
            setOpen(false);
            props.onDraft(picked ?? "");
            props.onCommit(picked ?? "");
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

const isInside = (event: FocusEvent, selector: string): boolean =>
  event.relatedTarget instanceof Element && event.relatedTarget.closest(selector) !== null;

const ADDRESS_PARTS: readonly { readonly part: keyof Address; readonly label: string; readonly complete: string }[] = [
  { part: "street", label: "Street", complete: "street-address" },
  { part: "postalCode", label: "Postal code", complete: "postal-code" },
  { part: "city", label: "City", complete: "address-level2" },
  { part: "state", label: "State", complete: "address-level1" },
  { part: "country", label: "Country", complete: "country-name" },
];

export function AddressInput(props: InputProps) {
  const parts: Readonly<Record<string, unknown>> =
    typeof props.draft === "object" && props.draft !== null ? { ...props.draft } : {};
  const keys = typingKeys(props);
  return (
    <div
      role="group"
      aria-label={props.label}
      className={classes.address}
      onKeyDown={keys.onKeyDown}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) keys.onBlur();
      }}
    >
      {ADDRESS_PARTS.map(({ part, label, complete }, index) => (
        <TextInput
          key={part}
          aria-label={`${props.label}, ${label}`}
          placeholder={label}
          autoComplete={complete}
          autoFocus={props.autoFocus && index === 0}
          classNames={{ input: classes.input ?? "" }}
          size="sm"
          error={props.invalid}
          value={draftText(parts[part])}
          onChange={(event) => props.onDraft({ ...parts, [part]: event.currentTarget.value })}
        />
      ))}
    </div>
  );
}
