// Every page, after its behaviours: shows what works only with script (class "js") and hides what
// stands in its place without (class "no-js"), and forgets the words of forms that were answered.
import { dropStored } from "./shared/kept.js";

document.documentElement.classList.add("has-js");
dropStored();
