// <form data-sign-out="{n} not sent yet …">: forgets the keys of what waits on this phone before it is sent,
// and says beforehand how many items wait and what becomes of them. They stay, and open again when the
// same person signs in here.
// Without script: nothing waits.
import { forgetKeys, isAble, ownerOfPage, rowsOf } from "../offline/queue.js";
import { noticeOf } from "../parts/notice.js";

export function enhance(root) {
  if (!isAble) return;
  for (const form of root.querySelectorAll("form[data-sign-out]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      await forgetKeys().catch(() => {});
      form.submit();
    });
    warn(form);
  }
}

async function warn(form) {
  const { length } = await rowsOf(ownerOfPage());
  if (length > 0) form.prepend(noticeOf(form.dataset.signOut.replace("{n}", length)));
}

enhance(document);
