// One icon per place. A record type without one of its own gets the plain list.

import {
  IconAddressBook,
  IconBuilding,
  IconClipboardCheck,
  IconLayoutColumns,
  IconList,
  IconPhoneCall,
  IconUsers,
} from "@tabler/icons-react";

const icons: Readonly<Record<string, typeof IconList>> = {
  company: IconBuilding,
  contact: IconUsers,
  deal: IconLayoutColumns,
  activity: IconPhoneCall,
  task: IconClipboardCheck,
  crm: IconAddressBook,
};

export const iconOf = (name: string): typeof IconList => icons[name] ?? IconList;
