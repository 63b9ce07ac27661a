// What can be drawn, what to do next while something is, and how the picture is looked at.

import { Button } from '../../parts/button.tsx';
import { canFinish, finishDrawing } from './model/actions.ts';
import type { Editor } from './model/editor.ts';
import { isPolygon } from './model/shape-edits.ts';
import { nameStems } from './name-stems.ts';
import type { Scene } from './scene.ts';
import { t } from './words.ts';

const TOOLS = ['line', 'zone', 'carriageway', 'calibration'] as const;
const ZOOM = 1.5;

export function ToolBar({ editor }: { readonly editor: Editor }) {
  const { value: tool } = editor.tool;
  const drawn = tool.kind === 'draw' ? tool.what : undefined;
  return (
    <div class="tool-bar" role="toolbar" aria-label={t('tools')}>
      <Button
        icon="pointer"
        pressed={drawn === undefined}
        onClick={() => editor.stopDrawing()}
        label={t('select')}
      />
      {TOOLS.map((what) => (
        <Button
          key={what}
          pressed={drawn === what}
          disabled={!editor.mayEdit}
          onClick={() => editor.draw(what)}
        >
          <span class={`swatch swatch-${what}`} aria-hidden="true" />
          {t(what === 'calibration' ? 'calibrationPoint' : what)}
        </Button>
      ))}
      <span class="tool-steps">
        <Button
          icon="undo"
          label={`${t('undo')} (Ctrl+Z)`}
          disabled={!editor.canUndo.value}
          onClick={() => editor.undo()}
        />
        <Button
          icon="redo"
          label={`${t('redo')} (Ctrl+Y)`}
          disabled={!editor.canRedo.value}
          onClick={() => editor.redo()}
        />
      </span>
    </div>
  );
}

/** On the picture: how it is looked at. */
export function ViewTools({ scene }: { readonly scene: Scene }) {
  return (
    <div class="view-tools">
      <Button icon="minus" label={t('zoomOut')} onClick={() => scene.zoom(1 / ZOOM)} />
      <Button icon="plus" label={t('zoomIn')} onClick={() => scene.zoom(ZOOM)} />
      <Button icon="whole" label={t('fit')} onClick={() => scene.showAll()} />
      <Button
        icon="renew"
        label={t('refresh')}
        busy={scene.isStillLoading.value}
        onClick={() => {
          void scene.loadStill();
          void scene.loadTrajectories();
        }}
      />
    </div>
  );
}

/** What to do next while something is drawn. */
export function DrawingHint({ editor }: { readonly editor: Editor }) {
  const { value: tool } = editor.tool;
  if (tool.kind !== 'draw') return null;
  const hint = {
    line: 'drawLine',
    arrow: 'drawArrow',
    'stop-line': 'drawStopLine',
    calibration: 'drawCalibration',
    zone: 'drawPolygon',
    carriageway: 'drawPolygon',
    'lane-area': 'drawPolygon',
    exclude: 'drawPolygon',
  } as const;
  return (
    <div class="drawing-hint" role="status">
      <p>
        <strong>{t(tool.what)}.</strong> {t(hint[tool.what])}
      </p>
      <div class="button-row">
        {isPolygon(tool.what) && (
          <Button
            look="primary"
            disabled={!canFinish(editor)}
            onClick={() => finishDrawing(editor, nameStems())}
          >
            {t('finish')}
          </Button>
        )}
        <Button onClick={() => editor.stopDrawing()}>
          {t(tool.what === 'calibration' ? 'close' : 'giveUp')}
        </Button>
      </div>
    </div>
  );
}
