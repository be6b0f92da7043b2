import mark from "../mark.svg";

export const Mark = () => <img class="mark" src={mark} alt="" width={24} height={24} />;
