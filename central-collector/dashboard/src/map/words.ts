// Words of the map.

import { words } from '../words/words.ts';

export const t = words({
  en: {
    map: 'Map of cameras',
    keys: 'Arrow keys move the map, + and − zoom, 0 shows everything. Cameras follow with the Tab key.',
    aimKeys: 'Arrow keys move the map below the cross, + and − zoom. The position can also be typed below.',
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    fit: 'Show all cameras',
    cameras: '{n} {n|camera|cameras}',
    incidents: '{n} active {n|incident|incidents}',
    here: 'Cameras here',
    noPlace: '{n} {n|camera has|cameras have} no place on the map yet',
    nowhere: 'No camera has a place on the map yet.',
    toPlaces: 'Place them',
    metres: '{n} m',
    kilometres: '{n} km',
    tilesBy: 'Map: {host}',
    legend: 'Legend',
  },
  vi: {
    map: 'Bản đồ camera',
    keys: 'Phím mũi tên để di chuyển, + và − để phóng to thu nhỏ, 0 để xem toàn bộ. Phím Tab đi đến từng camera.',
    aimKeys:
      'Phím mũi tên để di chuyển bản đồ dưới dấu thập, + và − để phóng to thu nhỏ. Cũng có thể nhập tọa độ bên dưới.',
    zoomIn: 'Phóng to',
    zoomOut: 'Thu nhỏ',
    fit: 'Xem tất cả camera',
    cameras: '{n} camera',
    incidents: '{n} sự cố đang diễn ra',
    here: 'Các camera tại đây',
    noPlace: '{n} camera chưa có vị trí trên bản đồ',
    nowhere: 'Chưa có camera nào được đặt vị trí trên bản đồ.',
    toPlaces: 'Đặt vị trí',
    metres: '{n} m',
    kilometres: '{n} km',
    tilesBy: 'Bản đồ: {host}',
    legend: 'Chú giải',
  },
});
