// How long a device may go without contact before it closes its data: somebody whose access ended meanwhile does not go on
// reading what they hold. The organization decides, the relay says it in every welcome (rule F9), the device keeps to it.

/** Hours, for devices of the team and of people from outside. */
export type OfflineTerms = { readonly teamHours: number; readonly outsideHours: number };

export const shippedOfflineTerms: OfflineTerms = { teamHours: 30 * 24, outsideHours: 72 };

export const offlineTermLimits = { leastHours: 1, mostHours: 366 * 24 } as const;
