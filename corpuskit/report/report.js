"use strict";
(() => {
  const root = document.documentElement;
  const remembered = {
    get() { try { return localStorage.getItem("corpuskit-theme"); } catch { return null; } },
    set(value) { try { localStorage.setItem("corpuskit-theme", value); } catch { /* a file may have no storage */ } },
  };
  const button = document.getElementById("theme");
  const dark = () => root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  const say = () => { button.textContent = dark() ? "Light" : "Dark"; };
  const kept = remembered.get();
  if (kept === "light" || kept === "dark") root.dataset.theme = kept;
  if (button) {
    button.hidden = false;
    say();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", say);
    button.addEventListener("click", () => {
      root.dataset.theme = dark() ? "light" : "dark";
      remembered.set(root.dataset.theme);
      say();
    });
  }

  const form = document.getElementById("filters");
  if (!form) return;
  const pages = [...document.querySelectorAll("article.page")];
  const { rule, why, text, count, fold } = form.elements;
  const words = (page, name) => page.dataset[name].split(" ");
  const fits = (page) => (!rule.value || words(page, "rules").includes(rule.value))
    && (!why.value || words(page, "why").includes(why.value))
    && (!text.value || page.textContent.toLowerCase().includes(text.value.toLowerCase()));
  const filter = () => {
    let number = 0;
    for (const page of pages) {
      page.hidden = !fits(page);
      number += !page.hidden;
    }
    count.value = number === pages.length ? `${number} sources` : `${number} of ${pages.length} sources`;
  };
  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  fold.addEventListener("click", () => {
    const open = fold.textContent !== "Close all";
    for (const page of pages) page.firstElementChild.open = open;
    fold.textContent = open ? "Close all" : "Open all";
  });
  // a link into a source that is filtered out shows it again
  const reveal = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const page = target && target.closest("article.page");
    if (page && page.hidden) {
      form.reset();
      filter();
      target.scrollIntoView();
    }
  };
  addEventListener("hashchange", reveal);

  const next = (step) => {
    const seen = pages.filter((page) => !page.hidden);
    const middle = seen.findIndex((page) => page.getBoundingClientRect().bottom > 40);
    const at = middle < 0 ? seen.length - 1 : middle;
    const top = seen[at] && Math.abs(seen[at].getBoundingClientRect().top) < 40;
    const page = seen[step > 0 ? (top ? at + 1 : at) : at - 1];
    if (page) {
      page.scrollIntoView();
      page.querySelector("summary").focus({ preventScroll: true });
    }
  };
  // only while the sources are read, so that no letter is taken from anybody else
  addEventListener("keydown", (event) => {
    const inside = event.target.closest && event.target.closest("article.page");
    if (!inside || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j") next(1);
    if (event.key === "k") next(-1);
  });
})();
