var o=(t,e)=>t.headers.get("x-key")===e.KEY_OF_CALLERS,r={async fetch(t,e,n){return o(t,e)?new Response(new URL(t.url).pathname):new Response("no",{status:403})}};export{r as default};
