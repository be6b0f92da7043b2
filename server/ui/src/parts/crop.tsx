// The field's part of the page, enlarged right above the input.

import { useRef } from "preact/hooks";
import { taskLabel } from "../format";
import { fitCrop } from "../geometry";
import { usePicture, useSize } from "../hooks";
import { t } from "../strings";
import type { Task, Word } from "../types";

export function Crop({ task, words }: { task: Task; words: readonly Word[] }) {
  const frame = useRef<HTMLDivElement>(null);
  const port = useSize(frame);
  const page = { width: Math.max(task.image_width, 1), height: Math.max(task.image_height, 1) };
  const picture = usePicture(task.image);
  const view = task.box && port.width > 0 ? fitCrop(port, page, task.box, words) : null;
  return (
    <div ref={frame} class="crop" data-testid="key-crop">
      {task.box && view ? (
        <>
          <img
            key={picture.key}
            class={picture.failed ? "failed" : ""}
            src={task.image}
            alt={t.cropOf(taskLabel(task))}
            width={page.width}
            height={page.height}
            decoding="sync"
            draggable={false}
            onError={picture.onError}
            onLoad={picture.onLoad}
            style={{ transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})` }}
          />
          <div
            class="crop-box"
            style={{
              transform: `translate(${view.x + task.box[0] * page.width * view.scale}px, ${view.y + task.box[1] * page.height * view.scale}px)`,
              width: `${(task.box[2] - task.box[0]) * page.width * view.scale}px`,
              height: `${(task.box[3] - task.box[1]) * page.height * view.scale}px`,
            }}
          />
        </>
      ) : (
        <span class="crop-none">{t.noCrop}</span>
      )}
    </div>
  );
}
