// Brings a file of pending changes from another device of the same person into this one.

import { Button, FileButton, Modal } from "@mantine/core";
import { IconFileImport } from "@tabler/icons-react";
import { useState } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import type { TakenIn } from "#renderer/data/types.ts";
import { ProgressBar } from "#renderer/ui/progress-bar.tsx";
import { showDone, showProblem } from "#renderer/ui/toast.ts";

const records = (count: number): string => (count === 1 ? "1 record" : `${count.toLocaleString()} records`);

/** What became of the file, in one or two sentences. */
export function takenInWords({ records: news, known, leftOut, notAccepted }: TakenIn): string {
  const taken = news > 0 ? [`Changes of ${records(news)} are on this device now and go like any other.`] : [];
  const tray = notAccepted > 0 ? [`${notAccepted.toLocaleString()} not accepted before are in the tray.`] : [];
  const here = news === 0 && known > 0 ? ["All of it was here already."] : [];
  const left =
    leftOut > 0 ? [`${records(leftOut)} could not be taken in: sync this device, then choose the file again.`] : [];
  const words = [...taken, ...tray, ...here, ...left].join(" ");
  return words === "" ? "The file holds no changes." : words;
}

export function TakeInButton() {
  const { sync } = useData();
  const [progress, setProgress] = useState<{ readonly done: number; readonly total: number }>();
  const take = async (file: File | null): Promise<void> => {
    if (file === null) return;
    setProgress({ done: 0, total: 0 });
    try {
      const taken = await sync.takeIn(file, (done, total) => setProgress({ done, total }));
      if (!taken.ok) showProblem(taken.error.message);
      else if (taken.value.leftOut > 0) showProblem(takenInWords(taken.value));
      else showDone(takenInWords(taken.value));
    } catch {
      showProblem(
        "The file could not be taken in. What is in stays; free some space on this device, then choose it again.",
      );
    } finally {
      setProgress(undefined);
    }
  };
  return (
    <>
      <FileButton accept="application/zip,.zip,application/json,.json" onChange={(file) => void take(file)}>
        {(props) => (
          <Button
            {...props}
            variant="default"
            disabled={progress !== undefined}
            leftSection={<IconFileImport size={17} stroke={1.7} aria-hidden />}
          >
            Take in a file
          </Button>
        )}
      </FileButton>
      <Modal
        opened={progress !== undefined && progress.total > 50}
        onClose={() => undefined}
        withCloseButton={false}
        title="Taking in a file"
      >
        {progress !== undefined && <ProgressBar label="Records" done={progress.done} total={progress.total} />}
      </Modal>
    </>
  );
}
