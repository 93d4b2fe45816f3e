// A mail server on a free port that takes everything and keeps it: just enough SMTP for a sender to believe in it.

import { createServer, type AddressInfo, type Socket } from "node:net";

export type SmtpSink = { readonly url: string; readonly mails: readonly string[]; close(): Promise<void> };

export async function openSmtpSink(): Promise<SmtpSink> {
  const mails: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    let waiting = "";
    let mail: string[] | undefined;
    function line(text: string): void {
      if (mail !== undefined) {
        if (text !== ".") {
          mail.push(text);
          return;
        }
        mails.push(mail.join("\n"));
        mail = undefined;
        socket.write("250 kept\r\n");
      } else if (/^DATA/i.test(text)) {
        mail = [];
        socket.write("354 go on\r\n");
      } else if (/^QUIT/i.test(text)) {
        socket.end("221 bye\r\n");
      } else socket.write("250 ok\r\n");
    }
    socket.on("data", (bytes) => {
      waiting += bytes.toString("utf8");
      const lines = waiting.split("\r\n");
      waiting = lines.pop() ?? "";
      for (const text of lines) line(text);
    });
    socket.write("220 sink\r\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mails,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
