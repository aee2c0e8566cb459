(function(d,s,t,m){s=d.documentElement;s.classList.add("is-coming","is-before-maths");if(!location.hash&&performance.getEntriesByType("navigation")[0].type==="navigate"){(function next(of){s.classList.add.apply(s.classList,of);requestAnimationFrame(function(){s.classList.remove(of.pop());of.length>1&&next(of)})})(["is-opening","is-partly","is-undrawn","is-unpainted","is-unread"])}
addEventListener("load",function(){s.classList.remove("is-coming")});
if(location.protocol!=="file:")["peek-serif","peek-serif-display","peek-sans"].forEach(function(f,l){l=d.createElement("link");l.rel="preload";l.as="font";l.type="font/woff2";l.crossOrigin="";l.href="{{ root }}assets/fonts/"+f+".woff2";d.head.append(l)});
try{t=localStorage.getItem("theme")}catch(e){}
if(t!=="dark"&&t!=="light")return;s.dataset.theme=t;
m=new MutationObserver(function(){d.querySelectorAll("source[data-theme=dark]").forEach(function(e){e.media=t==="dark"?"screen":"not all"})});
m.observe(s,{childList:true,subtree:true});d.addEventListener("DOMContentLoaded",function(){m.disconnect()})})(document)
