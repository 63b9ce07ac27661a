// An address that leads nowhere.

import { Empty } from '../../parts/empty.tsx';
import { words } from '../../words/words.ts';

const t = words({
  en: { title: 'There is no such page', hint: 'The address may be mistyped, or what it showed is gone.' },
  vi: { title: 'Không có trang này', hint: 'Địa chỉ có thể bị gõ sai, hoặc nội dung không còn nữa.' },
});

export function Page() {
  return <Empty title={t('title')}>{t('hint')}</Empty>;
}
