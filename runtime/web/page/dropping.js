// A file dropped anywhere on the page goes to the matching, and its view is opened.

export function listenToDrops(matching, show, notices) {
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  window.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    document.body.classList.add("is-dropping");
  });
  const end = () => document.body.classList.remove("is-dropping");
  window.addEventListener("dragleave", (event) => event.relatedTarget === null && end());
  window.addEventListener("drop", (event) => {
    end();
    if (!hasFiles(event)) return;
    event.preventDefault();
    const files = [...event.dataTransfer.files];
    if (files.length > 1) notices.say("One sound at a time: the first one is taken.");
    if (files.length === 0) return;
    show();
    matching.take(files[0]);
  });
}
