// Makes things nicer where scripts run; nothing needs it.
"use strict";
for (const field of document.querySelectorAll("input[type=password]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "show";
  button.setAttribute("aria-controls", field.id);
  const say = () => { button.textContent = document.body.dataset[field.type === "password" ? "show" : "hide"]; };
  button.addEventListener("click", () => { field.type = field.type === "password" ? "text" : "password"; say(); });
  say();
  field.after(button);
}
