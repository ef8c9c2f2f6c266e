// Makes things nicer where scripts run; nothing needs it.
"use strict";

// A password can be seen while it is typed.
for (const field of document.querySelectorAll("input[type=password]")) {
  const words = document.body.dataset;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "show";
  button.setAttribute("aria-controls", field.id);
  const say = () => {
    const hidden = field.type === "password";
    button.textContent = hidden ? words.show : words.hide;
    button.setAttribute("aria-label", hidden ? words.showPassword : words.hidePassword);
  };
  button.addEventListener("click", () => { field.type = field.type === "password" ? "text" : "password"; say(); });
  say();
  field.after(button);
}

// A second click sends nothing twice. After some seconds without an answer, it may.
for (const form of document.forms) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => { delete form.dataset.sent; }, 5000);
  });
}
addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.sent; });

// Where `autofocus` means fields only.
document.getElementById("errors")?.focus();
