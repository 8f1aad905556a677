addEventListener("scheduled", (event) => {
  event.waitUntil(fetch("https://jobs.example.org/run", { method: "POST" }));
});
