// Every page, after its behaviours: shows what works only with script (class "js") and hides what
// stands in its place without (class "no-js").
document.documentElement.classList.add("has-js");
