// Words of the sign-in page.

import { words } from '../../words/words.ts';

export const t = words({
  en: {
    title: 'Sign in',
    product: 'Traffic control centre',
    name: 'User name',
    password: 'Password',
    show: 'Show password',
    hide: 'Hide password',
    submit: 'Sign in',
    goOn: 'Sign in to go on where you were.',
    wrong:
      'User name or password is wrong. Check both; an administrator can give you a new one-time password.',
    wait: 'Too many attempts. You can try again in {time}.',
    waitOver: 'You can try again now.',
    capsLock: 'Caps Lock is on.',
    connecting: 'Connecting to the centre …',
    unreachable: 'The centre does not answer. This page keeps trying.',
    changeTitle: 'Choose a password of your own',
    changeWhy:
      'You signed in with a one-time password that somebody else knows. It opens nothing but this form.',
    signOut: 'Sign in as somebody else',
    day: 'Day theme',
    night: 'Night theme',
  },
  vi: {
    title: 'Đăng nhập',
    product: 'Trung tâm điều hành giao thông',
    name: 'Tên đăng nhập',
    password: 'Mật khẩu',
    show: 'Hiện mật khẩu',
    hide: 'Ẩn mật khẩu',
    submit: 'Đăng nhập',
    goOn: 'Đăng nhập để tiếp tục công việc đang dở.',
    wrong:
      'Tên đăng nhập hoặc mật khẩu không đúng. Hãy kiểm tra lại; quản trị viên có thể cấp mật khẩu dùng một lần mới.',
    wait: 'Bạn đã thử quá nhiều lần. Có thể thử lại sau {time}.',
    waitOver: 'Bạn có thể thử lại ngay bây giờ.',
    capsLock: 'Phím Caps Lock đang bật.',
    connecting: 'Đang kết nối tới trung tâm …',
    unreachable: 'Trung tâm không phản hồi. Trang này vẫn đang thử kết nối lại.',
    changeTitle: 'Hãy đặt mật khẩu của riêng bạn',
    changeWhy:
      'Bạn vừa đăng nhập bằng mật khẩu dùng một lần mà người khác cũng biết. Với mật khẩu này bạn chỉ có thể đổi mật khẩu.',
    signOut: 'Đăng nhập bằng tài khoản khác',
    day: 'Giao diện ban ngày',
    night: 'Giao diện ban đêm',
  },
});
