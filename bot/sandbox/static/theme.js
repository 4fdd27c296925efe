// Runs before the page is drawn, so that a chosen theme does not flash in late.
"use strict";

(() => {
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");

  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;

  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);

  const nameOther = () => {
    document.getElementById("theme-name").textContent = isDark() ? "Light theme" : "Dark theme";
  };

  document.addEventListener("DOMContentLoaded", () => {
    nameOther();
    system.addEventListener("change", nameOther);
    document.getElementById("theme").addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      localStorage.setItem("theme", root.dataset.theme);
      nameOther();
    });
  });
})();
