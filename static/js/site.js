// Every page, after its behaviours: shows what works only with script (class "js") and hides what
// stands in its place without (class "no-js"), and forgets the words of forms that were answered.
// A page that answered a POST (data-answer) is asked for by GET when Back or a reload leads to it.
import { dropStored } from "./parts/kept.js";

document.documentElement.classList.add("has-js");
dropStored();
if ("answer" in document.body.dataset) history.replaceState(history.state, "", location.href);
