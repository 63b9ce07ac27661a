// Chooses classes of road users: a button that names them, and a list below it that closes by itself.

import { useEffect, useRef } from 'preact/hooks';
import { roadUserWord } from '../../words/common.ts';
import type { RoadUser } from './answers.ts';
import { ROAD_USERS } from './view.ts';
import { t } from './words.ts';

export function ClassMenu({
  chosen,
  onChange,
}: {
  readonly chosen: readonly RoadUser[];
  readonly onChange: (chosen: readonly RoadUser[]) => void;
}) {
  const menu = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event) => {
      if (menu.current?.open && !menu.current.contains(event.target as Node)) menu.current.open = false;
    };
    document.addEventListener('pointerdown', close);
    document.addEventListener('focusin', close);
    return () => {
      document.removeEventListener('pointerdown', close);
      document.removeEventListener('focusin', close);
    };
  }, []);
  const press = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || menu.current === null) return;
    menu.current.open = false;
    menu.current.querySelector('summary')?.focus();
  };
  const [only] = chosen;
  return (
    <div class="field">
      <span class="picker-label">{t('classes')}</span>
      <details class="menu" ref={menu} onKeyDown={press}>
        <summary class="button">
          {only === undefined
            ? t('allClasses')
            : chosen.length === 1
              ? roadUserWord(only)
              : t('classesChosen', { n: chosen.length })}
        </summary>
        <ul>
          <li>
            <label>
              <input type="checkbox" checked={chosen.length === 0} onChange={() => onChange([])} />
              {t('allClasses')}
            </label>
          </li>
          {ROAD_USERS.map((one) => (
            <li key={one}>
              <label>
                <input
                  type="checkbox"
                  checked={chosen.includes(one)}
                  onChange={() =>
                    onChange(
                      chosen.includes(one) ? chosen.filter((other) => other !== one) : [...chosen, one],
                    )
                  }
                />
                {roadUserWord(one)}
              </label>
            </li>
          ))}
        </ul>
      </details>
    </div>
  );
}
