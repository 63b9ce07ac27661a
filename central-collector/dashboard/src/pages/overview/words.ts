// Words of the overview.

import { words } from '../../words/words.ts';

export const t = words({
  en: {
    title: 'Overview',
    map: 'Map',
    cameras: 'Cameras',
    incidents: 'Active incidents',
    worstFirst: 'Worst first',
    search: 'Find a camera',
    none: 'No cameras yet',
    noneHint: 'Cameras appear here by themselves as soon as their box has reported to the centre.',
    noMatch: 'No camera is called that',
    summary: '{live} of {total} cameras live',
    page: 'Page {page} of {pages}',
    pause: 'Stop changing pages',
    resume: 'Change pages',
    leaveWall: 'Leave the wall display (w)',
    toWall: 'Wall display (w)',
  },
  vi: {
    title: 'Tổng quan',
    map: 'Bản đồ',
    cameras: 'Camera',
    incidents: 'Sự cố đang diễn ra',
    worstFirst: 'Cần chú ý trước',
    search: 'Tìm camera',
    none: 'Chưa có camera nào',
    noneHint: 'Camera sẽ tự hiện ra ngay khi hộp biên của nó báo về trung tâm.',
    noMatch: 'Không có camera nào tên như vậy',
    summary: '{live}/{total} camera trực tuyến',
    page: 'Trang {page}/{pages}',
    pause: 'Dừng chuyển trang',
    resume: 'Tự chuyển trang',
    leaveWall: 'Thoát chế độ màn hình lớn (w)',
    toWall: 'Màn hình lớn (w)',
  },
});
