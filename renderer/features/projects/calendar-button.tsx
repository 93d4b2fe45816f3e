// Hands days due and milestones to the person's own calendar, as a file.

import { Button } from "@mantine/core";
import { IconCalendarDown } from "@tabler/icons-react";
import { download } from "#renderer/ui/download.ts";
import { showProblem } from "#renderer/ui/toast.ts";
import { toCalendarFile, type CalendarDay } from "./calendar-file.ts";

type Props = { readonly name: string; readonly days: readonly CalendarDay[] };

export function CalendarButton({ name, days }: Props) {
  if (days.length === 0) return null;
  const save = async (): Promise<void> => {
    const text = await toCalendarFile(name, days, new Date().toISOString());
    const fileName = `${name.replace(/[^\p{L}\p{N}]+/gu, "-").toLowerCase()}.ics`;
    download(new Blob([text], { type: "text/calendar" }), fileName);
  };
  return (
    <Button
      variant="default"
      size="compact-md"
      leftSection={<IconCalendarDown size={16} aria-hidden />}
      onClick={() => {
        save().catch(() => showProblem("The calendar file could not be made. Reload the page, then try again."));
      }}
    >
      Calendar file
    </Button>
  );
}
