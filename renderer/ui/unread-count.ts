// How much of the inbox is unread, for whoever shows it outside of the inbox: the app's icon.

import { createStore } from "zustand/vanilla";

const unread = createStore<{ readonly count: number }>(() => ({ count: 0 }));

export const setUnread = (count: number): void => unread.setState({ count });
export const unreadCount = (): number => unread.getState().count;
export const onUnread = (listener: () => void): (() => void) => unread.subscribe(listener);
