"use strict";
(() => {
  const place = document.querySelector("a[data-place]");
  // the decision is what one came to see
  const target = place && document.getElementById(decodeURIComponent(place.hash.slice(1)));
  if (target && !location.hash) target.scrollIntoView({ block: "center" });

  const box = document.getElementById("keys");
  if (!box) return;
  const remembered = (value) => {
    try {
      if (value !== undefined) localStorage.setItem("corpuskit-keys", value);
      return localStorage.getItem("corpuskit-keys");
    } catch { return null; }
  };
  box.closest("label").hidden = false;
  box.checked = remembered() !== "off";
  box.addEventListener("change", () => remembered(box.checked ? "on" : "off"));

  const synonyms = { ArrowRight: "j", ArrowLeft: "k" };
  addEventListener("keydown", (event) => {
    if (!box.checked || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const typing = event.target.closest("select, input:not([type=checkbox]), textarea");
    if (typing) {
      if (event.key === "Enter" && typing.id === "role") {
        event.preventDefault();
        document.querySelector("[data-key=l]").click();
      }
      return;
    }
    const key = synonyms[event.key] || event.key;
    if (key === "l") {
      event.preventDefault();
      document.getElementById("role").focus();
      return;
    }
    const wanted = [...document.querySelectorAll("[data-key]")].find((element) => element.dataset.key === key);
    if (wanted && !wanted.disabled) {
      event.preventDefault();
      wanted.click();
    }
  });
})();
