import { render } from "preact";
import { App } from "./app";
import { language } from "./strings";
import "./style/base.css";
import "./style/shell.css";
import "./style/key.css";
import "./style/page.css";
import "./style/entry.css";
import "./style/document.css";
import "./style/lists.css";
import "./style/types.css";
import "./style/rules.css";
import "./style/forms.css";
import "./style/sort.css";

document.documentElement.lang = language;
const root = document.getElementById("app");
if (root) render(<App />, root);
