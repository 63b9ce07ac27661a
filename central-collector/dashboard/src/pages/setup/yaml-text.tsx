// The very text of the file, with the numbers of its lines and what is wrong in them.

import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../../parts/button.tsx';
import type { SetupProblem } from './api.ts';
import type { Editor } from './model/editor.ts';
import { lineOfPath } from './model/line-of.ts';
import { problemText } from './problem-words.ts';
import { t } from './words.ts';

export function YamlText({
  editor,
  problems,
}: {
  readonly editor: Editor;
  readonly problems: readonly SetupProblem[];
}) {
  const { value: text } = editor.text;
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const lines = text.split('\n').length;
  const bad = new Set(problems.map(({ line }) => line));
  const selected = editor.selected.value;
  const selectedLine = selected === undefined ? undefined : lineOfPath(text, selected.path);

  const show = (line: number) => {
    const element = area.current;
    if (element === null) return;
    const start =
      text
        .split('\n')
        .slice(0, line - 1)
        .join('\n').length + (line > 1 ? 1 : 0);
    const end = text.indexOf('\n', start);
    element.focus();
    element.setSelectionRange(start, end === -1 ? text.length : end);
    scrollTo(element, line, lines);
  };

  // What is selected is seen at once when the text is opened.
  useEffect(() => {
    if (area.current !== null && selectedLine !== undefined) scrollTo(area.current, selectedLine, lines);
  }, []);

  return (
    <div class="yaml">
      {problems.length > 0 && (
        <ul class="yaml-problems">
          {problems.map(({ path, message, line, column }) => (
            <li key={`${path} ${line} ${column} ${message}`}>
              {line !== undefined && (
                <Button look="quiet" onClick={() => show(line)}>
                  {t('problemAt', { line })}
                </Button>
              )}
              <span>
                {path !== '' && <code>{path}</code>} {problemText(message)}
              </span>
            </li>
          ))}
        </ul>
      )}
      <div class="yaml-text">
        <div class="yaml-gutter" ref={gutter} aria-hidden="true">
          {Array.from({ length: lines }, (_, i) => (
            <span
              key={i}
              class={`${bad.has(i + 1) ? 'is-bad' : ''} ${selectedLine === i + 1 ? 'is-selected' : ''}`}
            >
              {bad.has(i + 1) ? '▶ ' : ''}
              {i + 1}
            </span>
          ))}
        </div>
        <textarea
          ref={area}
          value={text}
          aria-label={t('text')}
          wrap="off"
          spellcheck={false}
          autocapitalize="none"
          autocomplete="off"
          data-undo="page"
          onInput={({ currentTarget }) => editor.write(currentTarget.value, 'text')}
          onBlur={() => editor.settle()}
          onScroll={({ currentTarget }) => {
            if (gutter.current !== null) gutter.current.scrollTop = currentTarget.scrollTop;
          }}
        />
      </div>
    </div>
  );
}

function scrollTo(element: HTMLTextAreaElement, line: number, lines: number): void {
  const lineHeight = element.scrollHeight / lines;
  element.scrollTop = Math.max(0, (line - 1) * lineHeight - element.clientHeight / 3);
}
