// Word between the tabs of one device. Everything said here is a hint; what holds is in the database.

export type TabChannel<Message> = { readonly tell: (message: Message) => void; readonly close: () => void };

export function openTabChannel<Message>(name: string, onMessage: (message: Message) => void): TabChannel<Message> {
  const channel = new BroadcastChannel(name);
  channel.addEventListener("message", (event: MessageEvent<Message>) => onMessage(event.data));
  return {
    // A channel has no target origin: it never leaves its own.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    tell: (message) => channel.postMessage(message),
    close: () => channel.close(),
  };
}
