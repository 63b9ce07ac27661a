// What names of new things begin with.

import { slugOf } from './model/slug.ts';
import { t } from './words.ts';

export function nameStems() {
  return {
    line: slugOf(t('line')),
    zone: slugOf(t('zone')),
    carriageway: slugOf(t('carriageway')),
    lane: slugOf(t('lane-area')),
  };
}
