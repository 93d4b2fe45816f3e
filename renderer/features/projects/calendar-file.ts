// Days due and milestones as an iCalendar file: whole-day events that every calendar reads. The library is loaded when the
// file is asked for.

export type CalendarDay = {
  readonly id: string;
  readonly title: string;
  /** YYYY-MM-DD */
  readonly day: string;
  readonly detail: string;
  readonly address?: string;
};

/** `made`: when the file was written, ISO. The same record always has the same UID, so a second import updates the first. */
export async function toCalendarFile(name: string, days: readonly CalendarDay[], made: string): Promise<string> {
  const { default: ICAL } = await import("ical.js");
  const calendar = new ICAL.Component("vcalendar");
  calendar.updatePropertyWithValue("version", "2.0");
  calendar.updatePropertyWithValue("prodid", "-//Drawbridge//Drawbridge//EN");
  calendar.updatePropertyWithValue("x-wr-calname", name);
  const stamp = ICAL.Time.fromJSDate(new Date(made), true);
  for (const { id, title, day, detail, address } of days) {
    const component = new ICAL.Component("vevent");
    const event = new ICAL.Event(component);
    event.uid = `${id}@drawbridge`;
    event.summary = title;
    event.description = detail;
    event.startDate = ICAL.Time.fromDateString(day);
    const end = ICAL.Time.fromDateString(day);
    end.adjust(1, 0, 0, 0);
    event.endDate = end;
    component.updatePropertyWithValue("dtstamp", stamp);
    component.updatePropertyWithValue("transp", "TRANSPARENT");
    if (address !== undefined) component.updatePropertyWithValue("url", address);
    calendar.addSubcomponent(component);
  }
  return `${calendar.toString()}\r\n`;
}
