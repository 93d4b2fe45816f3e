// A network that can be cut for real: a TCP proxy in front of a relay. A browser's offline switch leaves open sockets alive;
// this one destroys them, goes deaf, or slows down.

import { createServer, connect, type AddressInfo, type Server, type Socket } from "node:net";

export type Link = {
  readonly address: string;
  /** Off: connections are destroyed and new ones refused. */
  setOn(on: boolean): void;
  /** Destroys the connections there are; whatever was on its way is lost. */
  cut(): void;
  /** Deaf: connections stay open, bytes go nowhere. */
  setDeaf(deaf: boolean): void;
  /** Every byte the relay sent over it, connection by connection. */
  received(): readonly Uint8Array[];
  /** Delay per piece of bytes, drawn anew for each; order within a connection holds, as TCP promises. */
  setDelay(most: () => number): void;
  close(): Promise<void>;
};

export async function openLink(targetPort: () => number | undefined): Promise<Link> {
  const sockets = new Set<Socket>();
  let isOn = true;
  let isDeaf = false;
  let delay = (): number => 0;
  const received: Buffer[][] = [];

  function pipe(from: Socket, to: Socket): void {
    let before: Promise<void> = Promise.resolve();
    from.on("data", (bytes) => {
      if (isDeaf) return;
      const wait = delay();
      before = before.then(async () => {
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
        if (!to.destroyed && !isDeaf) to.write(bytes);
      });
    });
    from.on("close", () => to.destroy());
    // A destroyed peer says so here; the close that follows does the work.
    from.on("error", () => to.destroy());
  }

  const server: Server = createServer((inside) => {
    const port = targetPort();
    if (!isOn || port === undefined) return void inside.destroy();
    const outside = connect(port, "127.0.0.1");
    for (const socket of [inside, outside]) {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    }
    const came: Buffer[] = [];
    received.push(came);
    outside.on("data", (bytes: Buffer) => came.push(bytes));
    pipe(inside, outside);
    pipe(outside, inside);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    setOn: (on) => {
      isOn = on;
      if (!on) cut();
    },
    cut,
    received: () => received.map((pieces) => Buffer.concat(pieces)),
    setDeaf: (deaf) => {
      isDeaf = deaf;
    },
    setDelay: (most) => {
      delay = most;
    },
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
