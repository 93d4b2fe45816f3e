// One icon per kind of result.

import {
  IconArrowRight,
  IconBuilding,
  IconClipboardCheck,
  IconFileText,
  IconFlag,
  IconFolders,
  IconLayoutColumns,
  IconList,
  IconMessage,
  IconPhoneCall,
  IconPlus,
  IconUser,
} from "@tabler/icons-react";

const icons: Readonly<Record<string, typeof IconList>> = {
  company: IconBuilding,
  contact: IconUser,
  deal: IconLayoutColumns,
  activity: IconPhoneCall,
  task: IconClipboardCheck,
  project: IconFolders,
  milestone: IconFlag,
  document: IconFileText,
  comment: IconMessage,
  create: IconPlus,
  command: IconArrowRight,
};

export function ResultIcon({ kind }: { readonly kind: string }) {
  const Icon = icons[kind] ?? IconList;
  return <Icon size={17} stroke={1.7} aria-hidden />;
}
