// What to do next, by kind of incident: short, in the order in which it is done.

import type { IncidentKind } from '../../api/types.ts';
import { words } from '../../words/words.ts';

const advice = words({
  en: {
    look: 'Look at the live camera and decide: confirm or false alarm.',
    police: 'Tell the traffic police and keep the line open.',
    ambulance: 'Ask for an ambulance if anybody may be hurt.',
    signs: 'Warn drivers upstream by variable message signs or radio.',
    wrongWay: 'Close the entry upstream; a wrong-way driver is met within a minute or two.',
    tow: 'Send a patrol or tow truck when it does not move within some minutes.',
    lane: 'Close the lane by signals where there are any.',
    remove: 'Send a patrol to remove it; keep traffic away from the lane.',
    walk: 'Send a patrol when they stay on the carriageway.',
    signal: 'Check the signal plan of this crossroads and of those upstream.',
    cause: 'Look for the cause downstream: a stopped vehicle, a crash, a broken signal.',
    pattern: 'Nothing has to be done at once; many at one place are a matter for speed checks.',
    box: 'Open Health: is the box online, and since when?',
    network: 'Check power and network of the camera; the counts of this time are missing, not zero.',
    clean: 'Have the lens cleaned or what is in front of it removed.',
    aim: 'Have the camera aimed again, then check its lines in the set-up.',
  },
  vi: {
    look: 'Xem camera trực tiếp và quyết định: xác nhận hoặc báo động giả.',
    police: 'Báo cảnh sát giao thông và giữ liên lạc.',
    ambulance: 'Gọi cấp cứu nếu có thể có người bị thương.',
    signs: 'Cảnh báo lái xe phía trước qua biển báo điện tử hoặc phát thanh.',
    wrongWay: 'Chặn lối vào phía trước; xe ngược chiều sẽ gặp xe khác chỉ sau một hai phút.',
    tow: 'Cử tổ tuần tra hoặc xe cứu hộ nếu xe không di chuyển sau vài phút.',
    lane: 'Đóng làn bằng đèn tín hiệu nếu có.',
    remove: 'Cử tổ tuần tra thu dọn; hướng xe tránh làn đó.',
    walk: 'Cử tổ tuần tra nếu người vẫn ở trên lòng đường.',
    signal: 'Kiểm tra chương trình đèn của nút giao này và các nút phía trước.',
    cause: 'Tìm nguyên nhân phía sau: xe hỏng, va chạm, đèn tín hiệu lỗi.',
    pattern: 'Không cần xử lý ngay; nếu lặp lại nhiều ở một chỗ thì đề xuất kiểm soát tốc độ.',
    box: 'Mở trang Tình trạng: hộp biên có trực tuyến không, từ khi nào?',
    network: 'Kiểm tra nguồn điện và mạng của camera; số đếm lúc này là thiếu, không phải bằng 0.',
    clean: 'Cho lau ống kính hoặc dọn vật che phía trước.',
    aim: 'Cho chỉnh lại hướng camera, sau đó kiểm tra các vạch đếm trong phần thiết lập.',
  },
});

type Advice = Parameters<typeof advice>[0];

const STEPS: Readonly<Record<IncidentKind, readonly Advice[]>> = {
  crash: ['look', 'ambulance', 'police', 'lane', 'signs'],
  'wrong-way': ['police', 'wrongWay', 'signs', 'look'],
  'stopped-vehicle': ['look', 'lane', 'signs', 'tow'],
  pedestrian: ['look', 'signs', 'walk'],
  cyclist: ['look', 'signs', 'walk'],
  debris: ['look', 'lane', 'remove'],
  congestion: ['cause', 'signal', 'signs'],
  queue: ['cause', 'signal', 'signs'],
  'slow-traffic': ['cause', 'signal'],
  speeding: ['pattern'],
  'camera-offline': ['box', 'network'],
  'camera-frozen': ['box', 'network'],
  'camera-black': ['network', 'clean'],
  'camera-blurred': ['clean'],
  'camera-obscured': ['clean'],
  'camera-moved': ['aim'],
};

export function stepsFor(kind: IncidentKind): string[] {
  return STEPS[kind].map((step) => advice(step));
}
